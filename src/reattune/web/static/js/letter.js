// Seals a letter to a journal's address in this browser: the same bytes as reattune.vault.letters.seal_letter makes.
// Needs vendor/hpke/hpke.min.js before it. Used by pages of the app and inside shared pages.
"use strict";

globalThis.ReattuneLetter = (function () {
  const VERSION = 1, LENGTH = 4, ENCAPSULATED = 65, TAG = 16;
  const OVERHEAD = 1 + ENCAPSULATED + TAG + LENGTH;
  const SIZES = [1, 2, 4, 8, 16, 32, 64].map(function (k) { return k * 1024; });
  const LONGEST = SIZES[SIZES.length - 1] - OVERHEAD;
  const encoder = new TextEncoder();

  function fromBase64(words) {
    const plain = atob(words.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }

  function toBase64(bytes) {
    let plain = "";
    bytes.forEach(function (byte) { plain += String.fromCharCode(byte); });
    return btoa(plain);
  }

  // The content of a letter of some kind: written now, here, with an id of its own. UTF-8 JSON.
  function written(kind, fields) {
    let zone = "UTC";
    try { zone = Intl.DateTimeFormat().resolvedOptions().timeZone || zone; } catch (error) { /* UTC then */ }
    return Object.assign({ letter: 1, id: crypto.randomUUID(), at: new Date().toISOString(), zone: zone, kind: kind }, fields);
  }

  // UTF-8 JSON. Half a character (a lone surrogate) is no text anywhere else, and becomes the sign for one that is lost.
  function encoded(content) {
    return encoder.encode(JSON.stringify(content, function (_name, value) {
      return typeof value === "string" ? new TextDecoder().decode(encoder.encode(value)) : value;
    }));
  }

  // How many bytes of UTF-8 are too many in a content; 0 or less where it fits.
  function excess(content) { return encoded(content).length - LONGEST; }

  // The sealed letter, as bytes. Throws a RangeError where the content is too long, an Error where the key is none.
  async function seal(publicKey, content) {
    const plain = encoded(content);
    const size = SIZES.find(function (each) { return plain.length + OVERHEAD <= each; });
    if (!size) { throw new RangeError("A letter holds at most " + LONGEST + " bytes."); }
    const key = typeof publicKey === "string" ? fromBase64(publicKey) : publicKey;
    if (key[0] !== VERSION || key.length !== 1 + ENCAPSULATED) { throw new Error("This public key is not known here."); }
    const framed = new Uint8Array(size - OVERHEAD + LENGTH);
    new DataView(framed.buffer).setUint32(0, plain.length);
    framed.set(plain, LENGTH);
    const kem = new Hpke.DhkemP256HkdfSha256();
    const suite = new Hpke.CipherSuite({ kem: kem, kdf: new Hpke.HkdfSha256(), aead: new Hpke.Aes256Gcm() });
    const recipient = await kem.deserializePublicKey(key.slice(1).buffer);
    const sealed = await suite.seal(
      { recipientPublicKey: recipient, info: encoder.encode("reattune letter 1").buffer }, framed.buffer);
    const letter = new Uint8Array(size);
    letter[0] = VERSION;
    letter.set(new Uint8Array(sealed.enc), 1);
    letter.set(new Uint8Array(sealed.ct), 1 + ENCAPSULATED);
    return letter;
  }

  return { LONGEST: LONGEST, excess: excess, fromBase64: fromBase64, seal: seal, toBase64: toBase64, written: written };
})();
