// What the pictures use of Observable Plot: named, so that a bundle leaves the rest out.
export { barX, dot, line, lineY, link, plot, rectY, ruleX, ruleY, text } from '@observablehq/plot';
