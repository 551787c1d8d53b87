import type { Inline } from './ast';

// What an inline part says, without its marks.
export function inlineText(nodes: readonly Inline[]): string {
  return nodes.map(nodeText).join('');
}

function nodeText(node: Inline): string {
  switch (node.type) {
    case 'text':
    case 'code':
      return node.text;
    case 'mention':
      return `@${node.text}`;
    case 'image':
      return node.alt;
    case 'math':
      return node.source;
    case 'note':
      return '';
    case 'break':
      return ' ';
    default:
      return inlineText(node.children);
  }
}
