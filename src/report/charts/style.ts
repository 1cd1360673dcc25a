// The style of charts, for light and dark mode. A page may set --paper to its background.

/** CSS for a page with charts. */
export const CHART_STYLE = `.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1.5rem;margin:1rem 0}
.chart{margin:0;min-width:0;max-width:36rem;break-inside:avoid;print-color-adjust:exact;--teacher:#b45309;--student:#1d4ed8;--plain:#7c3aed;--hard:#57606a;--class1:#047857}
@media(prefers-color-scheme:dark){.chart{--teacher:#f59e0b;--student:#8ab4ff;--plain:#c4a5ff;--hard:#a3adb8;--class1:#34d399}}
.chart h3{font-size:1rem;margin:0 0 .3rem}
.chart svg{display:block;width:100%;height:auto;overflow:visible}
.chart figcaption{font-size:.88rem;opacity:.8;margin-top:.3rem}
.chart .legend{margin:0 0 .3rem;font-size:.88rem}
.chart .legend span{margin-right:1rem;white-space:nowrap}
.chart .legend span::before{content:"";display:inline-block;width:.8rem;height:.8rem;margin-right:.3rem;background:currentcolor}
.chart text{font:11.5px system-ui,sans-serif;fill:currentcolor}
.chart .halo{stroke:var(--paper,Canvas);stroke-width:4px;paint-order:stroke}
.chart .grid{stroke:currentcolor;stroke-opacity:.14}
.chart .guide{stroke:currentcolor;stroke-opacity:.6;stroke-dasharray:4 3}
.chart .zero{stroke:currentcolor;stroke-opacity:.5}
.chart .interval{stroke:currentcolor;stroke-width:2}
.chart rect,.chart circle{fill:currentcolor}
.chart .bar{opacity:.75}
.chart .under{fill:var(--paper,Canvas)}
.chart .up{color:var(--student)}
.chart .down{color:var(--teacher)}
.chart .line{fill:none;stroke:currentcolor;stroke-width:2}
.chart .line.teacher{stroke-dasharray:7 4}
.chart .line.hard{stroke-dasharray:2 3}
.chart .line.plain{stroke-dasharray:9 3 2 3}
.chart .teacher{color:var(--teacher)}
.chart .student{color:var(--student)}
.chart .plain{color:var(--plain)}
.chart .hard,.chart .class0,.chart .neutral{color:var(--hard)}
.chart .class1{color:var(--class1)}
`;
