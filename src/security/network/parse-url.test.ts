import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownHosts } from './lookalikes.ts';
import { judgeUrl } from './parse-url.ts';

describe('a URL target', () => {
  it.each<[string, string, string, number]>([
    ['https://example.com', 'https', 'example.com', 443],
    ['HTTPS://EXAMPLE.com:8443/x?y#z', 'https', 'example.com', 8443],
    ['http://example.com./', 'http', 'example.com', 80],
    ['ws://a/', 'ws', 'a', 80],
    ['wss://a:1', 'wss', 'a', 1],
    ['http://0x7f.1/', 'http', '127.0.0.1', 80],
    ['http://2130706433/', 'http', '127.0.0.1', 80],
    ['https://[64:ff9b:1::a9fe:a9fe]', 'https', '169.254.169.254', 443],
    ['https://[2001:0:4136:e378:8000:63bf:5601:5601]', 'https', '169.254.169.254', 443],
    ['https://[::]', 'https', '[::]', 443],
    ['https://[fe80::1]', 'https', '[fe80::1]', 443],
    ['https://münchen.de', 'https', 'xn--mnchen-3ya.de', 443],
    ['https://тест.com', 'https', 'xn--e1aybc.com', 443],
    ['https://日本語カナ.jp', 'https', 'xn--lck2c295sncbk91h.jp', 443],
    ['https://a.com?b=c@d', 'https', 'a.com', 443],
    ['http://127.1', 'http', '127.0.0.1', 80],
    ['http://[::FFFF:127.0.0.1]/', 'http', '127.0.0.1', 80],
    ['https://[::ffff:169.254.169.254]/', 'https', '169.254.169.254', 443],
    ['https://[64:ff9b::a9fe:a9fe]', 'https', '169.254.169.254', 443],
    ['https://[64:ff9b::1]', 'https', '0.0.0.1', 443],
    ['https://[64:ff9b::]', 'https', '0.0.0.0', 443],
    ['https://[::169.254.169.254]', 'https', '169.254.169.254', 443],
    ['https://[::ffff:0:a9fe:a9fe]', 'https', '169.254.169.254', 443],
    ['https://[2002:a9fe:a9fe::1]', 'https', '169.254.169.254', 443],
    ['https://[2606:4700::1111]', 'https', '[2606:4700::1111]', 443],
    ['https://169.254.169.254./', 'https', '169.254.169.254', 443],
    ['http://example.com../', 'http', 'example.com', 80],
    ['http://[0:0:0:0:0:0:0:1]:80/', 'http', '[::1]', 80],
    ['https://bücher.example/', 'https', 'xn--bcher-kva.example', 443],
    ['https://ｅxample.com/', 'https', 'example.com', 443],
    ['https://example.com/a@b', 'https', 'example.com', 443],
  ])('%s', (target, scheme, host, port) => {
    expect(judgeUrl(target)).toEqual({ url: { scheme, host, port } });
  });

  it.each<[string, RegExp]>([
    ['', /not a URL/],
    ['example.com', /not a URL/],
    ['/etc/passwd', /not a URL/],
    ['https://', /not a URL/],
    ['http://a:99999/', /not a URL/],
    ['http://[::1', /not a URL/],
    ['http://a b/', /not a URL/],
    ['http://1.2.3.256/', /not a URL/],
    ['file:///etc/passwd', /scheme "file"/],
    ['ftp://a/', /scheme "ftp"/],
    ['javascript:alert(1)', /scheme "javascript"/],
    ['data:text/plain,x', /scheme "data"/],
    ['http:example.com', /must follow/],
    ['http:/example.com', /must follow/],
    ['http:///example.com', /must follow/],
    ['http://evil.com\\@good.com/', /backslash/],
    ['https:\\\\a', /backslash/],
    ['http://u@a/', /user name/],
    ['http://u:p@a/', /user name/],
    ['http://@a/', /user name/],
    ['http://good.com@evil.com/', /user name/],
    ['http://a\t.com/', /control character/],
    ['http://a\n', /control character/],
    ['http://evil\0.good.com', /control character/],
    [' http://a', /space/],
    ['http://./', /no host/],
    [`http://${'a.'.repeat(127)}b/`, /longer than 253/],
    ['http://017700000001', /leading zeros/],
    ['http://010.8.8.8/', /leading zeros/],
    ['http://0177.0.0.1:80/', /leading zeros/],
    ['http://good.com#@evil.com/', /"@" follows/],
    ['http://good.com?@evil.com/', /"@" follows/],
    ['http://good.com%2eevil.com/', /percent-encoded/],
    ['http://%31%32%37.0.0.1/', /percent-encoded/],
    ['http://goo\u200bgle.com/', /invisible/],
    ['http://good.com;evil.com/', /no host name/],
    ['http://good.com,evil.com/', /no host name/],
    ['http://a..b/', /no host name/],
    ['http://.a/', /no host name/],
    ['http://[fe80::1%25eth0]/', /not a URL|percent/],
    ['https://p\u0430ypal.com/', /several scripts/],
    ['https://\u0430\u0440\u0440\u04cf\u0435.com/', /look like Latin ones \("apple"\)/],
    [`http://a/${'x'.repeat(65_536)}`, /longer/],
  ])('%j is refused', (target, reason) => {
    const { url, finding } = judgeUrl(target);
    expect(url).toBeUndefined();
    expect(finding).toMatchObject({ kind: 'network', severity: 'block', message: expect.stringMatching(reason) });
    expect(finding?.message.length).toBeLessThan(500);
  });

  it.each<[string, string]>([
    ['https://g1thub.com', 'github.com'],
    ['https://git-hub.com/x', 'github.com'],
    ['https://gith\u00fcb.com', 'github.com'],
    ['https://raw.github\u00fcsercontent.com', '*.githubusercontent.com'],
    ['https://registry.nprnjs.org', 'registry.npmjs.org'],
    ['https://api.examp\u0142e.com', 'api.example.com'],
  ])('%s is refused where %s is known', (target, known) => {
    const { url, finding } = judgeUrl(target, knownHosts([known]));
    expect(url).toBeUndefined();
    expect(finding?.message).toMatch(/looks like/);
  });

  it('a listed host, and what a listed pattern covers, is no look-alike of another', () => {
    const known = knownHosts(['a1.example.com', 'al.example.com', '*.example.org', '127.0.0.1', '[::1]', '*']);
    for (const host of [
      'a1.example.com',
      'al.example.com',
      'x1.example.org',
      'xl.example.org',
      '127.0.0.7',
      'a.test',
    ]) {
      expect(judgeUrl(`https://${host}/`, known).finding).toBeUndefined();
    }
  });

  it('takes no longer for a run of dots than for other letters', () => {
    const long = `http://a${'.'.repeat(65_000)}b/`;
    for (let i = 0; i < 50; i += 1) expect(judgeUrl(long).url).toBeUndefined();
  });

  it('says no password', () => {
    expect(judgeUrl('https://me:geheim123@example.com/x').finding?.message).not.toContain('geheim');
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void judgeUrl(`http://${text}`)));
  });
});
