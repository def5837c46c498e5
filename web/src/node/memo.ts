// web/src/node/memo.ts — when need a component not be drawn anew? When `same` says so.
import { Component, h, type ComponentChild, type FunctionComponent } from 'preact';

export function memo<P extends object>(
  inner: FunctionComponent<P>,
  same: (before: P, after: P) => boolean,
): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !same(this.props as P, next as P);
    }
    override render(): ComponentChild {
      return h(inner, this.props as never);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
