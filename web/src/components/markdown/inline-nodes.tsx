import { Fragment, useContext, type ReactNode } from 'react';
import { cn } from '@/lib/cn';
import type { Inline } from '@/lib/markdown/ast';
import { MentionContext } from './mention-context';

export function InlineNodes({ nodes }: { nodes: Inline[] }): ReactNode {
  return nodes.map((node, index) => <InlineNode key={index} node={node} />);
}

function InlineNode({ node }: { node: Inline }) {
  switch (node.type) {
    case 'text':
      return <Fragment>{node.text}</Fragment>;
    case 'code':
      return <code className="inline">{node.text}</code>;
    case 'strong':
      return <strong><InlineNodes nodes={node.children} /></strong>;
    case 'em':
      return <em><InlineNodes nodes={node.children} /></em>;
    case 'del':
      return <del><InlineNodes nodes={node.children} /></del>;
    case 'break':
      return <br />;
    case 'mention':
      return <Mention name={node.name} />;
    case 'link':
      return <Link node={node} />;
  }
}

// A word that names a link hides where it leads, so the host stands behind it.
function Link({ node }: { node: Extract<Inline, { type: 'link' }> }) {
  const host = node.href.startsWith('http') ? new URL(node.href).host : '';
  return (
    <>
      <a href={node.href} target="_blank" rel="noopener noreferrer nofollow">
        <InlineNodes nodes={node.children} />
      </a>
      {!node.bare && host && <span className="link-host"> ({host})</span>}
    </>
  );
}

function Mention({ name }: { name: string }) {
  const { names, me } = useContext(MentionContext);
  if (!names.has(name)) return <>@{name}</>;
  return <span className={cn('mention', name === me && 'me')}>@{name}</span>;
}
