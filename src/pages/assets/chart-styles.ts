/** Charts: bars in SVG, whose classes are the kinds of requests. Forced colours have four that differ. */
export const chartStyles = `
.periods { display: flex; flex-wrap: wrap; gap: .25rem .75rem; margin: 0 0 var(--gap); padding: 0; list-style: none; }
.periods a { display: inline-block; padding: .3rem .1rem; }
.periods a[aria-current] { font-weight: 700; text-decoration-thickness: 2px; }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(8rem, 100%), 1fr)); gap: var(--gap-s); margin: var(--gap) 0; }
.totals div { padding: .7rem 1rem; background: var(--surface); border: 1px solid var(--soft); border-radius: var(--corner-l); }
.totals dt { font-size: var(--small); font-weight: 400; color: var(--faint); }
.totals dd { margin: 0; font-size: var(--large); font-weight: 700; font-variant-numeric: tabular-nums; }
.chart figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1.5rem; margin-bottom: .75rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0; padding: 0; list-style: none; font-size: var(--small); }
.chart.card .legend li + li { margin: 0; }
.swatch { width: .8em; height: .8em; }
.bars { display: block; width: 100%; height: 11rem; border-bottom: 1px solid var(--line); }
.sparkline { max-width: 26rem; }
.sparkline .bars { height: 3.5rem; }
.bars .space, .bars .space:hover { fill: transparent; }
.bars g:hover .space { fill: var(--panel); }
.served { fill: var(--accent); }
.clientErrors { fill: var(--bar-warn); }
.serverErrors { fill: var(--bar-wrong); }
.refused { fill: var(--line); }
.chart .axis { max-width: none; }
.axis { display: flex; justify-content: space-between; gap: 1rem; margin: .35rem 0 0; font-size: var(--small); color: var(--faint); }
.dense thead th { white-space: normal; }
@media (min-width: 48.01rem) { .dense th, .dense td { padding-inline: .45rem; } }
.request { min-width: 13rem; }
td:has(+ td > .request) { min-width: 8.5rem; }
.numbers { margin: var(--gap) 0; }
@media (forced-colors: active) {
  .served { fill: CanvasText; }
  .clientErrors { fill: Highlight; }
  .serverErrors { fill: Canvas; stroke: CanvasText; stroke-width: 1; }
  .refused { fill: GrayText; }
}
`;
