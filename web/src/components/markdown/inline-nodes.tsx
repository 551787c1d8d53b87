import { Image } from 'lucide-react';
import { Fragment, useContext, type ReactNode } from 'react';
import { markdownStrings } from '@/i18n/markdown';
import { cn } from '@/lib/cn';
import type { Inline } from '@/markdown/ast';
import { hostOf, safeHref } from '@/markdown/links';
import { calledName } from '@/markdown/mentions';
import { Formula } from './formula';
import { MentionContext, MentionedContext } from './mention-context';
import { NoteReference } from './note-reference';

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
      return <Mention written={node.name} text={node.text} />;
    case 'math':
      return <Formula tex={node.tex} source={node.source} display={node.display} />;
    case 'note':
      return <NoteReference number={node.number} />;
    case 'image':
      return <Picture node={node} />;
    case 'link':
      return <Link href={node.href} title={node.title} bare={node.bare}><InlineNodes nodes={node.children} /></Link>;
  }
}

interface LinkProps {
  href: string;
  title: string;
  bare: boolean;
  children: ReactNode;
}

// A word that names a link hides where it leads, so the host stands behind it. An address that the page does not
// follow stands there whole.
function Link({ href, title, bare, children }: LinkProps) {
  const safe = safeHref(href);
  const aim = safe === null ? href : hostOf(safe);
  return (
    <>
      {safe === null ? children : (
        <a href={safe} title={title || undefined} target="_blank" rel="noopener noreferrer nofollow">{children}</a>
      )}
      {!bare && aim && <span className="link-host"> ({aim})</span>}
    </>
  );
}

// Pictures of other hosts are not loaded; the name leads to them.
function Picture({ node: { src, title, alt } }: { node: Extract<Inline, { type: 'image' }> }) {
  return (
    <span>
      <Image size={14} role="img" aria-label={markdownStrings.picture} className="me-1 inline-block align-[-2px] text-faint" />
      <Link href={src} title={title} bare={false}>{alt || markdownStrings.picture}</Link>
    </span>
  );
}

function Mention({ written, text }: { written: string; text: string }) {
  const { people, me } = useContext(MentionContext);
  const mentioned = useContext(MentionedContext);
  const isCalled = (name: string) => {
    const id = people.get(name);
    return id !== undefined && (id === null || mentioned === null || mentioned.includes(id));
  };
  const name = calledName(written, isCalled);
  if (name === null) return <>@{text}</>;
  return (
    <>
      <span className={cn('mention', name === me && 'me')}>@{text.slice(0, name.length)}</span>
      {text.slice(name.length)}
    </>
  );
}
