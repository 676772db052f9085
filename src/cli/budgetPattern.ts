/** How a budget is written: `10s`, `2min`, `500passes`. */
export const budgetPattern = /^(\d+(?:\.\d+)?) ?(s|min|passes)$/;
