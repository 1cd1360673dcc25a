// The style of results, shared by reports and the app: the verdict, the strip of figures, tables and cards. Colours and sizes are those of
// charts/tokens.ts.

/** CSS for a page with results. Tables of class `stack` are a card for each row on a narrow screen, so that no column is hidden. */
export const RESULT_STYLE = `.verdict{border:1px solid var(--faint);border-left:.4rem solid var(--tone);border-radius:var(--round);background:var(--raised);padding:var(--s3) var(--s4);margin:var(--s3) 0;break-inside:avoid}
.verdict.ship{--tone:var(--good)}.verdict.caution{--tone:var(--warn)}.verdict.no{--tone:var(--bad)}
.verdict p{margin:var(--s2) 0 0}.verdict .advice{font-size:var(--t2);font-weight:700;line-height:1.25;margin:0;color:var(--tone)}
.verdict .sign{display:inline-block;min-width:1.2em;margin-right:.2em}
.verdict .headline{font-size:var(--t1);line-height:1.4}
.verdict details{margin:var(--s2) 0 0}.verdict ul{margin:var(--s1) 0 0;padding-left:1.2rem}
.strip{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,9.5rem),1fr));gap:var(--s2);margin:var(--s3) 0}
.strip>div{border:1px solid var(--faint);border-radius:var(--round);padding:var(--s2) var(--s3);break-inside:avoid}
.strip dt{font-weight:600;font-size:var(--t-1)}.strip dt small{display:block;font-weight:400;color:var(--soft)}
.strip dd{margin:0;font-size:var(--t-1)}.strip .value{font-size:var(--t3);font-weight:700;line-height:1.2;font-variant-numeric:tabular-nums}
.strip .better{color:var(--good);font-weight:600}.strip .worse{color:var(--bad);font-weight:600}
.strip details{margin:0}.strip summary{font-weight:400;color:var(--soft)}
.download-cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:var(--s2);list-style:none;padding:0;margin:var(--s2) 0 var(--s3)}
.download-cards li{display:flex;flex-direction:column;align-items:flex-start;gap:var(--s1);border:1px solid var(--faint);border-radius:var(--round);padding:var(--s2) var(--s3) var(--s3)}
.download-cards p{margin:0;font-size:var(--t-1)}.download-cards .audience{color:var(--soft)}.download-cards .size{font-weight:600}.download-cards code{font-size:.8rem;background:var(--raised);border-radius:.2rem;padding:.1rem .3rem}
td small{display:block;color:var(--soft);white-space:nowrap}
@media(max-width:46rem){.verdict{padding:var(--s2) var(--s3)}.verdict .advice{font-size:var(--t1)}.verdict .headline{font-size:var(--t0)}
.strip{grid-template-columns:1fr 1fr}.strip .value{font-size:var(--t2)}.across{overflow:visible}.results .scroll{max-height:none}.results .scroll :is(th,td){padding:.2rem .3rem;overflow-wrap:anywhere}
.stack,.stack caption,.stack tbody,.stack tr,.stack td,.stack th{display:block}
.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stack tr{border:1px solid var(--faint);border-radius:var(--round);padding:var(--s1) var(--s3);margin:0 0 var(--s2);break-inside:avoid}
.stack tbody th,.stack td{border:0;padding:.15rem 0}
.stack td[data-label]{display:flow-root;text-align:right;white-space:normal;overflow-wrap:anywhere}
.stack td[data-label]::before{content:attr(data-label);float:left;max-width:55%;margin-right:var(--s2);color:var(--soft);font-weight:400;text-align:left}
.stack td small{display:inline}.stack td:first-child,.stack th[scope=row]{font-weight:600}.stack td:empty{display:none}}
.across{overflow-x:auto}.answers{z-index:1}
.answer.teacher{--mine:var(--teacher)}.answer.plain{--mine:var(--plain)}.answer.debiased{--mine:var(--student)}
.answer meter::-webkit-meter-bar{background:var(--faint);border:0}.answer meter::-webkit-meter-optimum-value{background:var(--mine)}.answer meter::-moz-meter-bar{background:var(--mine)}
@media(forced-colors:active){.verdict{border-left-width:.6rem}}
`;
