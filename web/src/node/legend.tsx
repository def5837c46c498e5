// web/src/node/legend.tsx — what does each mark of the drawing mean?

export function Legend() {
  return (
    <details class="legend" open>
      <summary>How to read this</summary>
      <ul>
        <li>
          <svg viewBox="0 0 44 26" aria-hidden="true">
            <rect class="l-cell" x="1" y="1" width="42" height="12" />
            <rect class="l-cell deep" x="1" y="13" width="42" height="12" />
          </svg>
          <span>one GPU: <b>memory units</b> above, <b>compute slices</b> below</span>
        </li>
        <li>
          <svg viewBox="0 0 44 26" aria-hidden="true">
            <rect class="l-wall" x="1.5" y="1.5" width="41" height="23" />
            <rect class="l-fill" x="2.5" y="2.5" width="26" height="10" />
            <rect class="l-fill strong" x="2.5" y="13.5" width="14" height="10" />
          </svg>
          <span>a walled block is an <b>instance</b>; its upper bar is memory in use, its lower bar SM activity now</span>
        </li>
        <li>
          <svg viewBox="0 0 44 26" aria-hidden="true"><rect class="l-free" x="1.5" y="1.5" width="41" height="23" /></svg>
          <span><b>free</b>: an instance can be made here</span>
        </li>
        <li>
          <svg viewBox="0 0 44 26" aria-hidden="true">
            <pattern id="l-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <path class="l-line" d="M0,0 V6" />
            </pattern>
            <rect fill="url(#l-hatch)" class="l-free" x="1.5" y="1.5" width="41" height="23" />
          </svg>
          <span><b>stranded</b>: nobody has it and nobody can get it in this layout</span>
        </li>
        <li>
          <svg viewBox="0 0 44 26" aria-hidden="true">
            <rect class="l-ill" x="2" y="2" width="40" height="22" />
            <text class="l-cross" x="22" y="18" text-anchor="middle">✕</text>
          </svg>
          <span><b>faulty</b>: the driver reported an error; select it to read which</span>
        </li>
      </ul>
    </details>
  );
}
