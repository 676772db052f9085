/** Replaces the characters of a text that have a meaning in XML and HTML, attributes included. */
export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!,
  );
}
