export { type Answer, type Ratings, readRatings, type Trial, writeRatings } from "./ratings.js";
export { groupAnswers, readRatingsTogether, type TrialAnswers, openTrialPictures } from "./judged.js";
export { createRatingApp, type RatingServer, serveRating } from "./server.js";
export { openRating, type Question, type RatingOptions, type RatingSession } from "./session.js";
export { buildTrials, type Task } from "./trials.js";
