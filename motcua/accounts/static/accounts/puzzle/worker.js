// Looks for a number whose SHA-256 with the puzzle begins with so many zeros; many at once, for each answer comes late.
const AT_ONCE = 256;
onmessage = async ({ data: { puzzle, zeros } }) => {
  const letters = new TextEncoder();
  const hash = (number) => crypto.subtle.digest("SHA-256", letters.encode(`${puzzle}:${number}`));
  for (let first = 0; ; first += AT_ONCE) {
    const hashes = await Promise.all(Array.from({ length: AT_ONCE }, (_, more) => hash(first + more)));
    const found = hashes.findIndex((one) => new DataView(one).getUint32(0) >>> (32 - zeros) === 0);
    if (found >= 0) return postMessage(first + found);
  }
};
