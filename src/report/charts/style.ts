// The style of charts, for light and dark mode. The page defines the custom properties of tokens.ts.

/** The colours of marks, also of a poster, which has no page around it. */
export const MARK_STYLE = `.teacher{color:var(--teacher)}
.student,.up{color:var(--student)}
.plain{color:var(--plain)}
.hard{color:var(--hard)}
.neutral{color:var(--soft)}
.down{color:var(--teacher)}
.class0{color:var(--class0)}
.class1{color:var(--class1)}
.grid{stroke:var(--ink);stroke-opacity:.14;fill:none}
.guide{stroke:var(--ink);stroke-opacity:.6;stroke-dasharray:4 3}
.clear{stroke:var(--paper);stroke-width:4}
.zero{stroke:var(--ink);stroke-opacity:.5}
.link{stroke:var(--ink);stroke-opacity:.35;stroke-width:2}
.band{stroke:currentcolor;stroke-width:5;stroke-opacity:.35}
.interval{stroke:currentcolor;stroke-width:2}
.mark{fill:currentcolor;stroke:var(--paper);stroke-width:1.2}
.line{fill:none;stroke:currentcolor;stroke-width:2.2}
.line.teacher{stroke-dasharray:7 4}
.line.hard{stroke-dasharray:2 3}
.line.plain{stroke-dasharray:9 3 2 3}`;

/** CSS for a page with charts. Without colours of their own (forced colours) marks keep shapes and dashes, and class 0 is hollow. */
export const CHART_STYLE: string = `.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:var(--s4);margin:var(--s3) 0}
.chart{margin:0;min-width:0;max-width:32rem;break-inside:avoid;print-color-adjust:exact}
.chart h3{font-size:var(--t0);margin:0 0 var(--s1)}
.chart svg{display:block;width:100%;height:auto;overflow:visible}
.chart figcaption{font-size:var(--t-1);color:var(--soft);margin-top:var(--s1)}
.legend{margin:0 0 var(--s1);font-size:var(--t-1);display:flex;flex-wrap:wrap;gap:0 var(--s3)}
.legend span{display:inline-flex;align-items:center;gap:.35rem;color:var(--ink)}
.legend svg{width:1.9rem;height:.9rem;flex:none}
.chart text{font:13.5px system-ui,sans-serif;fill:var(--ink)}
.chart .strong{font-weight:600}
.chart .halo{stroke:var(--paper,Canvas);stroke-width:4px;paint-order:stroke}
.chart .bar,.chart .up,.chart .down{fill:currentcolor}
.chart .under{fill:var(--paper,Canvas)}
${MARK_STYLE.replace(/^(?=\.)/gm, '.chart ').replaceAll(',.', ',.chart .')}
@media(forced-colors:active){.chart .up,.chart .down{forced-color-adjust:none}.chart .class0.bar{fill:Canvas;stroke:CanvasText}.chart .mark{stroke:Canvas}}
`;
