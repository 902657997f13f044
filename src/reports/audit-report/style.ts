/** Colours of a page: text, lines, and one for each result. */
export type Palette = Readonly<Record<(typeof COLOURS)[number], string>>;

const COLOURS = [
  'page',
  'panel',
  'text',
  'muted',
  'line',
  'accent',
  'success',
  'failure',
  'denied',
  'pending',
  'unknown',
] as const;

export const LIGHT: Palette = {
  page: '#ffffff',
  panel: '#f5f6f8',
  text: '#1b1f24',
  muted: '#545b64',
  line: '#d5d9de',
  accent: '#1f6fb2',
  success: '#1f6fb2',
  failure: '#b87700',
  denied: '#b01030',
  pending: '#8250c4',
  unknown: '#7a8087',
};

export const DARK: Palette = {
  page: '#14171c',
  panel: '#1d2229',
  text: '#e6e9ed',
  muted: '#a5adb7',
  line: '#39404a',
  accent: '#5aa9e6',
  success: '#5aa9e6',
  failure: '#e5a93b',
  denied: '#f2647a',
  pending: '#b796f0',
  unknown: '#8d959e',
};

const variables = (palette: Palette): string => COLOURS.map((name) => `--${name}:${palette[name]}`).join(';');

/** The whole style of the page. Holds nothing that comes from a report. */
export const STYLE = `
:root{color-scheme:light dark;${variables(LIGHT)}}
@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header{max-width:72rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.35rem;margin:2.75rem 0 .5rem;padding-bottom:.3rem;border-bottom:2px solid var(--line)}
h3{font-size:1.05rem;margin:1.5rem 0 .4rem}
p{margin:.4rem 0;max-width:50rem}
.lead{font-size:1.1rem;color:var(--muted)}
.about{color:var(--muted);font-size:.92rem}
.note{border-left:4px solid var(--failure);background:var(--panel);padding:.6rem .9rem;margin:.8rem 0}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.25rem;margin:1rem 0;font-size:.92rem}
dl.facts dt{color:var(--muted)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
ul.tiles{list-style:none;margin:1rem 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.75rem}
ul.tiles li{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem;color:var(--muted);font-size:.9rem}
ul.tiles b{display:block;font-size:1.6rem;line-height:1.2;color:var(--text);font-variant-numeric:tabular-nums}
ul.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin:.4rem 0;padding:0;font-size:.88rem}
svg.key{width:.75rem;height:.75rem;margin-right:.4rem;vertical-align:-.05rem}
svg.chart{display:block;width:100%;height:auto;margin:.5rem 0}
svg.bar{display:block;width:100%;min-width:6rem;height:.85rem}
.tick{font-size:12px;fill:var(--muted);font-variant-numeric:tabular-nums}
.grid{stroke:var(--line);stroke-width:1}
.axis{stroke:var(--muted);stroke-width:1}
.hit{fill:transparent}
.r-success{fill:var(--success)}.r-failure{fill:var(--failure)}.r-denied{fill:var(--denied)}
.r-pending{fill:var(--pending)}.r-unknown{fill:var(--unknown)}.r-plain{fill:var(--accent)}
.scroll{overflow:auto;max-height:26rem;border:1px solid var(--line);border-radius:.4rem;margin:.6rem 0}
.scroll:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.88rem}
caption{text-align:left;padding:.45rem .6rem;color:var(--muted)}
th,td{padding:.32rem .6rem;text-align:left;vertical-align:top;border-top:1px solid var(--line);overflow-wrap:anywhere}
thead th{background:var(--panel);border-top:0;position:sticky;top:0;overflow-wrap:normal;white-space:nowrap}
tbody th{font-weight:400}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.t{white-space:nowrap;font-variant-numeric:tabular-nums}
.w{min-width:13rem}.who{min-width:10rem}.op{min-width:8.5rem}.ev{min-width:5.5rem}
.b{width:24%;vertical-align:middle}
tr.others th{font-style:italic}
code,pre,.c{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.85em}
pre{background:var(--panel);border:1px solid var(--line);border-radius:.4rem;padding:.7rem .9rem;white-space:pre-wrap;overflow-wrap:anywhere}
footer{margin:3rem 0 2rem;color:var(--muted);font-size:.85rem}
@media (max-width:40rem){
ul.tiles{grid-template-columns:1fr 1fr}
.wide{overflow-x:auto}
.wide svg.chart{min-width:42rem}
}
@media print{
:root{color-scheme:light;${variables(LIGHT)};-webkit-print-color-adjust:exact;print-color-adjust:exact}
@page{margin:15mm}
body{font-size:10pt}
main,header{max-width:none;padding:0}
.scroll{max-height:none;overflow:visible;border:0}
thead{display:table-header-group}
thead th{position:static}
tr,svg,pre,ul.tiles{break-inside:avoid}
h2,h3,caption{break-after:avoid}
}
`;
