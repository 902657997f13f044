/**
 * Letters that look like one of the 26 Latin ones, by that letter: of Unicode UTS #39, confusables.txt 17.0.0 (© Unicode,
 * Inc., https://www.unicode.org/terms_of_use.html), those of alphabets that have letters in common with it. Left out is
 * what NFKC folds anyway. What looks like a capital I stands under i.
 */
export const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'ɑΑαАаᎪᗅꓮ',
  b: 'ƄΒВЬᏏᏴᑲᖯᗷⲂꓐꞴ',
  c: 'СсᏟᴄⲤⲥꓚꮯ𐐕𐐽',
  d: 'ԁᎠᏧᑯᗞᗪꓒꓓ',
  e: 'ΕЕеҽᎬꓰꬲ',
  f: 'ƒϜքᖴẝꓝꞘꞙꬵ',
  g: 'ƍɡԌցᏀᏳᶃꓖ',
  h: 'ΗНһհᎻᏂᕼⲎꓧ',
  i: 'ıƖɩɪΙιІіւᎥⲒⲓꙇꭵ',
  j: 'ͿϳЈјᎫᒍꓙꞲ',
  k: 'ΚКᏦⲔꓗ',
  l: 'ǀӀӏᏞᒪⳐꓡꓲ𐐛',
  m: 'ΜϺМᎷᗰⲘꓟ',
  n: 'ΝոռⲚꓠ',
  o: 'ΟοσϭОоՕօჿᴏᴑⲞⲟꓳꬽ𐐄𐐬',
  p: 'þƿΡρϸРрᏢᑭⲢⲣⳎⳏꓑ',
  q: 'ԛգզ',
  r: 'ƦгᎡᏒᖇᴦⲅꓣꭇꭈꮁ',
  s: 'ƽЅѕՏᏕᏚꓢꜱꮪ𐐠𐑈',
  t: 'ΤТᎢⲦꓔ',
  u: 'ʋυՍսᑌᴜꓴꞟꭎꭒ',
  v: 'νѴѵᏙᐯᴠꓦꮩ',
  w: 'ɯшѡԜԝաᎳᏔᴡⲽꓪꮃ',
  x: 'ΧХхᕁᕽⲬꓫꞳ',
  y: 'ɣʏΥγУуҮүყᎩᎽᶌỿⲨⲩꓬꭚ',
  z: 'ΖᏃᴢꓜꮓ',
};
