/** Animals whose emoji show a head alone, as alternatives of a regular expression. */
export const animalHeads =
  "bear|panda|koala|fox|wolf|(?<!sea )lion|frog|hamster|deer|moose|reindeer|raccoon|unicorn|(?<!roast |fried |rubber )chicken|hen";
