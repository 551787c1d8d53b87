interface Fruit {
  x: number;
  y: number;
  size: number;
  turn: number;
}

const fruits: Fruit[] = [
  { x: 300, y: 330, size: 1.15, turn: -12 },
  { x: 392, y: 372, size: 1.3, turn: 10 },
  { x: 322, y: 432, size: 1.2, turn: 4 },
  { x: 232, y: 402, size: 1, turn: -22 },
];

const leaves = [
  'M286 258 C196 232 118 254 60 330 C142 356 232 338 286 258 Z',
  'M300 244 C282 156 310 82 392 28 C424 116 390 196 300 244 Z',
  'M322 262 C398 206 486 206 564 262 C498 330 402 332 322 262 Z',
  'M276 250 C222 196 206 130 226 52 C296 96 316 168 276 250 Z',
];

const petioles = ['M297 244 L284 259', 'M296 232 L302 242', 'M297 252 C306 260 314 263 324 262', 'M295 226 C290 236 284 242 277 249', 'M298 270 C304 290 318 300 316 316', 'M300 280 C330 296 360 310 380 322', 'M298 276 C270 310 250 340 240 362'];
const ribs = ['M282 260 C210 276 140 296 72 328', 'M302 240 C330 170 360 100 388 38', 'M326 262 C400 262 480 260 556 262', 'M276 246 C258 180 242 120 228 60'];

// A loquat branch in the app's own colours.
export function Branch({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 600 640" preserveAspectRatio="xMidYMid slice" className={className}>
      <path d="M296 -20 C292 90 300 180 296 262 C300 300 312 320 330 352" fill="none" stroke="oklch(0.5 0.07 65)" strokeWidth="9" strokeLinecap="round" />
      {petioles.map((path) => (
        <path key={path} d={path} fill="none" stroke="oklch(0.5 0.07 65)" strokeWidth="6" strokeLinecap="round" />
      ))}
      {leaves.map((path, index) => (
        <path key={path} d={path} fill={index % 2 ? 'oklch(0.62 0.1 138)' : 'oklch(0.56 0.1 142)'} />
      ))}
      {ribs.map((path) => (
        <path key={path} d={path} fill="none" stroke="oklch(0.74 0.09 132)" strokeWidth="3" strokeLinecap="round" opacity=".8" />
      ))}
      {fruits.map((fruit) => (
        <g key={`${fruit.x}`} transform={`translate(${fruit.x} ${fruit.y}) rotate(${fruit.turn}) scale(${fruit.size})`}>
          <path d="M0 -44 C32 -44 50 -22 50 8 C50 38 28 58 0 58 C-28 58 -50 38 -50 8 C-50 -22 -32 -44 0 -44 Z" fill="oklch(0.79 0.145 72)" />
          <path d="M50 8 C50 38 28 58 0 58 C-14 58 -26 53 -35 44 C8 50 40 22 38 -26 C46 -17 50 -5 50 8 Z" fill="oklch(0.71 0.155 58)" />
          <path d="M-30 6 C-30 -10 -22 -22 -10 -27" fill="none" stroke="oklch(0.97 0.04 90)" strokeWidth="8" strokeLinecap="round" opacity=".75" />
          <path d="M-7 55 L0 47 L7 55 L0 61 Z" fill="oklch(0.42 0.06 60)" />
        </g>
      ))}
    </svg>
  );
}
