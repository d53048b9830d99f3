/** What is taller than its place is reached by the keyboard's arrows too. */
export function scrolls(node: HTMLElement): () => void {
  const look = (): void => {
    node.tabIndex = node.scrollHeight > node.clientHeight ? 0 : -1;
  };
  const sizes = new ResizeObserver(look);
  const content = new MutationObserver(look);
  sizes.observe(node);
  content.observe(node, { childList: true, subtree: true });
  look();
  return () => {
    sizes.disconnect();
    content.disconnect();
  };
}
