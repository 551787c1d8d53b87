import type { Block, Inline, ListItem } from './ast';

// The tree as the specification's HTML.

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const titled = (title: string) => (title === '' ? '' : ` title="${escape(title)}"`);

function inlineHtml(nodes: readonly Inline[]): string {
  return nodes.map(nodeHtml).join('');
}

function nodeHtml(node: Inline): string {
  switch (node.type) {
    case 'text':
      return escape(node.text);
    case 'mention':
      return `@${node.text}`;
    case 'code':
      return `<code>${escape(node.text)}</code>`;
    case 'break':
      return node.soft ? '\n' : '<br />\n';
    case 'link':
      return `<a href="${escape(node.href)}"${titled(node.title)}>${inlineHtml(node.children)}</a>`;
    case 'image':
      return `<img src="${escape(node.src)}" alt="${escape(node.alt)}"${titled(node.title)} />`;
    case 'math':
      return `<math>${escape(node.tex)}</math>`;
    case 'note':
      return `<sup>${node.number}</sup>`;
    default:
      return `<${node.type}>${inlineHtml(node.children)}</${node.type}>`;
  }
}

function itemHtml({ blocks }: ListItem): string {
  const parts = blocks.map((block) => (block.type === 'paragraph' && block.tight ? inlineHtml(block.children) : `\n${blockHtml(block)}\n`));
  return `<li>${parts.join('')}</li>`;
}

function blockHtml(block: Block): string {
  switch (block.type) {
    case 'paragraph':
      return `<p>${inlineHtml(block.children)}</p>`;
    case 'heading':
      return `<h${block.level}>${inlineHtml(block.children)}</h${block.level}>`;
    case 'list': {
      const [tag, start] = block.ordered ? ['ol', block.start === 1 ? '' : ` start="${block.start}"`] : ['ul', ''];
      return `<${tag}${start}>\n${block.items.map(itemHtml).join('\n')}\n</${tag}>`;
    }
    case 'quote':
      return `<blockquote>\n${toHtml(block.blocks)}</blockquote>`;
    case 'code':
      return `<pre><code${block.language === '' ? '' : ` class="language-${escape(block.language)}"`}>${escape(block.text)}</code></pre>`;
    case 'rule':
      return '<hr />';
    default:
      return `<${block.type} />`;
  }
}

export function toHtml(blocks: readonly Block[]): string {
  return blocks.map((block) => `${blockHtml(block)}\n`).join('');
}
