/** Name of the file that `npm pack` makes of `name@version`. */
export function tarballName(pinned: string): string {
  const at = pinned.lastIndexOf("@");
  return `${pinned.slice(0, at).replace("@", "").replace("/", "-")}-${pinned.slice(at + 1)}.tgz`;
}
