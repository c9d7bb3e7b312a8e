"""How the page looks: one sheet, light and dark, screen and paper."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark;
  --back: #ffffff; --panel: #f6f7f9; --line: #dde1e7; --text: #1b2330; --soft: #5b6675;
  --good: #1f6fd1; --bad: #d2491a; --mark: #7a3fc4; }
@media (prefers-color-scheme: dark) { :root {
  --back: #12161c; --panel: #1a2028; --line: #313a46; --text: #e8ecf2; --soft: #9aa6b5;
  --good: #64a8ff; --bad: #ff8a5b; --mark: #c39bff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); line-height: 1.5; font-size: 15px;
  font-family: system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 28px; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 0 0 4px; }
h3 { font-size: 15px; margin: 16px 0 4px; }
p { margin: 4px 0 12px; }
.soft { color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
  gap: 16px; margin: 24px 0; }
.card, section { background: var(--panel); border: 1px solid var(--line);
  border-radius: 10px; padding: 16px 20px; }
.card b { display: block; font-size: 30px; line-height: 1.2; font-weight: 650;
  font-variant-numeric: tabular-nums; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 16px; }
section { margin: 16px 0; overflow-x: auto; min-width: 0; }
.grid section { margin: 0; }
ul { margin: 4px 0; padding-left: 20px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; }
td, th { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:last-child, th:last-child { padding-right: 0; }
tr:last-child > td { border-bottom: 0; }
td.n, th.n { text-align: right; white-space: nowrap; }
td.label { overflow-wrap: break-word; min-width: 130px; max-width: 280px; }
td.short { white-space: nowrap; }
td.text { overflow-wrap: anywhere; min-width: 240px; }
td.bar { width: 22%; min-width: 70px; }
details { margin-top: 8px; }
summary { cursor: pointer; color: var(--good); padding: 4px 0; }
svg { display: block; width: 100%; height: auto; margin: 8px auto 0; }
svg text { font-family: inherit; fill: var(--soft); font-size: 12px; }
svg text.value { fill: var(--text); }
svg text.on { fill: var(--back); font-weight: 600; }
.axis { stroke: var(--line); stroke-width: 1; }
.ideal { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 4; }
.good { fill: var(--good); } .bad { fill: var(--bad); } .mark { fill: var(--mark); }
svg text.mark { fill: var(--mark); } svg text.bad { fill: var(--bad); } svg text.good { fill: var(--good); }
.curve { fill: none; stroke: var(--good); stroke-width: 2; stroke-linejoin: round; }
.second { stroke: var(--bad); }
.whisker { stroke: var(--good); stroke-width: 1.5; opacity: .55; }
.goal { stroke: var(--mark); stroke-width: 1.5; stroke-dasharray: 6 4; }
.track { fill: var(--line); opacity: .6; }
@media (max-width: 600px) {
  main { padding: 20px 12px 40px; } .card, section { padding: 14px; }
  .cards { grid-template-columns: 1fr 1fr; gap: 12px; } .card b { font-size: 24px; }
  td, th { padding-right: 10px; } td.label { min-width: 0; }
  td.bar, th.bar { display: none; } td.text { min-width: 180px; }
  svg[aria-labelledby^="confusion"] { width: auto; min-width: 560px; } }
@media print { main { max-width: none; padding: 0; } section, .card { break-inside: avoid; } }
"""
