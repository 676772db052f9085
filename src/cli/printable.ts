/** Characters that steer a terminal or reorder text: C0 but tab and line feed, DEL, C1, and bidirectional controls. */
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Escapes the characters of a text that control a terminal, as `\u001b`. */
export function sanitize(text: string): string {
  return text.replace(steering, escaped);
}
