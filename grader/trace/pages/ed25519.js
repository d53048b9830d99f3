"use strict";
// Ed25519 (RFC 8032, 5.1.7) for browsers whose WebCrypto lacks it. It only checks public signatures: nothing here is
// secret, so that it need not take the same time for every input.
const ed25519 = (() => {
  const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const mod = (a) => { const r = a % P; return r < 0n ? r + P : r; };
  const power = (base, exponent) => {
    let result = 1n;
    for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b);
    return result;
  };
  const inverse = (a) => power(a, P - 2n);
  const D = mod(-121665n * inverse(121666n)), ROOT = power(2n, (P - 1n) / 4n);
  const number = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  // The x that goes with a y and a sign; null: there is no such point.
  const xOf = (y, sign) => {
    const u = mod(y * y - 1n), v = mod(D * y * y + 1n), v3 = v * v * v;
    let x = mod(u * v3 * power(mod(u * v3 * v * v * v * v), (P - 5n) / 8n));
    if (mod(v * x * x) === mod(-u)) x = mod(x * ROOT);
    else if (mod(v * x * x) !== u) return null;
    if (x === 0n && sign) return null;
    return (x & 1n) === sign ? x : P - x;
  };
  const decode = (bytes) => {
    const all = number(bytes), sign = all >> 255n, y = all & (2n ** 255n - 1n);
    const x = y < P ? xOf(y, sign) : null;
    return x === null ? null : [x, y, 1n, mod(x * y)];
  };
  // Extended coordinates X, Y, Z, T (RFC 8032, 5.1.4).
  const add = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
    const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2)), c = mod(2n * t1 * t2 * D);
    const d = mod(2n * z1 * z2), e = b - a, f = d - c, g = d + c, h = b + a;
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  };
  const times = (scalar, point) => {
    let result = [0n, 1n, 1n, 0n];
    for (let p = point, s = scalar; s > 0n; s >>= 1n, p = add(p, p)) if (s & 1n) result = add(result, p);
    return result;
  };
  const BASE_Y = mod(4n * inverse(5n)), BASE_X = xOf(BASE_Y, 0n), BASE = [BASE_X, BASE_Y, 1n, mod(BASE_X * BASE_Y)];
  const encode = ([x, y, z]) => {
    const i = inverse(z), all = mod(y * i) | ((mod(x * i) & 1n) << 255n);
    return Uint8Array.from({ length: 32 }, (_, place) => Number((all >> BigInt(8 * place)) & 255n));
  };
  // Whether `signature` (64 bytes) is that of the key `raw` (32 bytes) over `message`.
  return async (raw, signature, message) => {
    const r = signature.slice(0, 32), s = number(signature.slice(32)), a = decode(raw);
    if (signature.length !== 64 || raw.length !== 32 || s >= L || a === null) return false;
    const hashed = new Uint8Array(await crypto.subtle.digest("SHA-512", Uint8Array.of(...r, ...raw, ...message)));
    const minusA = [mod(-a[0]), a[1], 1n, mod(-a[3])];
    const found = encode(add(times(s, BASE), times(number(hashed) % L, minusA)));
    return found.every((byte, place) => byte === r[place]);
  };
})();
