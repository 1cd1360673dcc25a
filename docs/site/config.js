// What VitePress builds the site by; build.mjs puts it beside the pages.
const item = ([text, link]) => ({ text, link });

export default {
  title: 'debkd',
  description: 'De-biased knowledge distillation of binary classifiers, in TypeScript and WebAssembly',
  // text like <NA> is text
  markdown: { config: (md) => md.set({ html: false }) },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: [
      {
        text: 'Use',
        items: [
          ['Overview', '/README'],
          ['Start', '/start'],
          ['Teachers', '/teachers'],
          ['The command line', '/commands'],
          ['Students elsewhere', '/deploy'],
          ['Platforms', '/platforms'],
          ['Scale', '/scale'],
          ['Errors', '/errors'],
        ].map(item),
      },
      {
        text: 'Know',
        items: [
          ['The method', '/method'],
          ['Losses', '/losses'],
          ['Results', '/results'],
          ['Speed', '/speed'],
          ['Reliability', '/reliability'],
          ['Security', '/SECURITY'],
          ['Dependencies', '/dependencies'],
        ].map(item),
      },
      { text: 'API', items: [['Names', '/api/README']].map(item) },
      {
        text: 'Build',
        items: [
          ['Contributing', '/CONTRIBUTING'],
          ['Architecture', '/ARCHITECTURE'],
          ['Decisions', '/decisions'],
          ['Changes', '/CHANGELOG'],
        ].map(item),
      },
    ],
  },
};
