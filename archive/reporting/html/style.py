"""The page's CSS: light and dark, screen and print, contrast of WCAG 2.2 AA in both."""

STYLE = """
:root{color-scheme:light dark;--page:#fbfaf7;--card:#fff;--ink:#1d1f21;--soft:#55595e;--line:#d5d2ca;
--good:#1d6b3f;--bad:#a61b1b;--doubt:#7a4b00;--away:#3d4f7c;--bar:#2f6690;--focus:#0b57d0}
@media (prefers-color-scheme:dark){:root{--page:#15171a;--card:#1e2125;--ink:#eceae4;--soft:#b4b8bd;--line:#3b4046;
--good:#7fd1a0;--bad:#ff9b94;--doubt:#f0c068;--away:#a9bdf0;--bar:#7db4dc;--focus:#9cc2ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:1rem/1.55 system-ui,"Noto Sans","Noto Sans Arabic",sans-serif}
header,main,footer{max-width:64rem;margin-inline:auto;padding-inline:1.25rem}
header{padding-block:2.5rem 1rem}
h1{font-size:clamp(1.5rem,4vw,2.3rem);line-height:1.2;margin:0 0 .5rem;text-wrap:balance}
h2{font-size:1.3rem;margin:0 0 .75rem}
h3{font-size:1.05rem;margin:1.25rem 0 .25rem}
p{margin:.25rem 0 .75rem;max-width:46rem}
.soft{color:var(--soft)}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.25rem;margin-block:1.25rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;margin:.75rem 0 0}
a{color:var(--focus)}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.skip{position:absolute;inset-inline-start:-99rem}.skip:focus{inset-inline-start:1rem;inset-block-start:1rem}
table{border-collapse:collapse;width:100%;font-size:.93rem}
caption{text-align:start;color:var(--soft);padding-block-end:.4rem}
th,td{text-align:start;vertical-align:top;padding:.4rem .75rem .4rem 0;border-block-end:1px solid var(--line)}
th{font-weight:600}td.number,th.number{text-align:end;font-variant-numeric:tabular-nums}
td.number,td time,th time{white-space:nowrap}
td bdi,li bdi{overflow-wrap:anywhere}
.scroll{overflow-x:auto}
code{font:.9em ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.state{font-weight:600}.intact{color:var(--good)}.damaged{color:var(--bad)}
.unsure{color:var(--doubt)}.away{color:var(--away)}
ul.needs{padding-inline-start:1.2rem}ul.needs li{margin-block-end:.75rem}
ul.life{list-style:none;padding:0;margin:.5rem 0;border-inline-start:3px solid var(--line)}
ul.life li{padding:.15rem 0 .4rem 1rem}
.archive{font-weight:700;margin:0 0 .5rem}.title{color:var(--soft);font-weight:400}
.caption{font-weight:600;margin-block-end:.25rem}
ul.bars{list-style:none;padding:0;margin:.25rem 0 1.25rem}
ul.bars li{display:grid;grid-template-columns:minmax(6rem,30%) 1fr auto;gap:0 .6rem;align-items:center;padding:.12rem 0}
.label{overflow-wrap:anywhere}.value{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}
.track{display:block;min-inline-size:3rem}
span.bar{display:block;block-size:1rem;border-radius:.15rem;background:var(--bar);print-color-adjust:exact;
-webkit-print-color-adjust:exact}
span.good{background:var(--good)}span.bad{background:var(--bad)}span.unsure.bar{background:var(--doubt)}
span.away.bar{background:var(--away)}
.whole{display:flex;max-inline-size:46rem;margin-block:.5rem}.whole .bar{block-size:1.6rem;border-radius:0}
@media (forced-colors:active){span.bar{background:CanvasText}}
ul.index{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0}
ul.index a{display:inline-block;padding-block:.15rem}
svg.line{display:block;max-inline-size:46rem;overflow:visible}
svg text{fill:var(--ink);font:12px system-ui,"Noto Sans",sans-serif}
svg .faint{fill:var(--soft)}svg .axis{stroke:var(--line)}
svg .bar{fill:var(--bar)}svg .good{fill:var(--good)}svg .bad{fill:var(--bad)}
details{margin-block:.5rem}summary{cursor:pointer;font-weight:600}
footer{padding-block:1rem 3rem;color:var(--soft);font-size:.9rem}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--soft:#333;--line:#999;--good:#14532d;
--bad:#7f1d1d;--doubt:#5b3800;--away:#27345c;--bar:#1f4766}
body{font-size:10pt}section{border:0;padding:0;break-inside:auto}nav,.skip{display:none}
h2,h3,summary{break-after:avoid}tr,li,svg{break-inside:avoid}.hint,ul.index{display:none}
details::details-content{content-visibility:visible!important;display:block!important;block-size:auto!important}
.scroll{overflow:visible}thead{display:table-header-group}}
"""
