// Components as HTML text.
import { type ComponentType, h } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** The HTML of a component; empty where it shows nothing. */
export function render<P extends object>(component: ComponentType<P>, props: NoInfer<P>): string {
  return renderToString(h(component, props));
}
