// The VitePress configuration; build.mjs copies it to the pages.
const item = ([text, link]) => ({ text, link });

export default {
  title: 'debkd',
  description: 'De-biased knowledge distillation of binary classifiers, in TypeScript and WebAssembly',
  // show text such as <NA> as it is
  markdown: { config: (md) => md.set({ html: false }) },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: [
      {
        text: 'Guides',
        items: [
          ['Overview', '/README'],
          ['Start', '/start'],
          ['The app', '/app'],
          ['Teachers', '/teachers'],
          ['Texts', '/texts'],
          ['Images', '/images'],
          ['Image decoding', '/image-decoding'],
          ['Preprocessing', '/preprocessing'],
          ['The command line', '/commands'],
          ['Deploying a student', '/deploy'],
          ['In production', '/production'],
          ['Platforms', '/platforms'],
          ['Scale', '/scale'],
          ['Errors', '/errors'],
        ].map(item),
      },
      {
        text: 'Background',
        items: [
          ['Terms', '/terms'],
          ['The method', '/method'],
          ['Trials of the method', '/method-trials'],
          ['Losses', '/losses'],
          ['What it gains', '/gains'],
          ['Results', '/results'],
          ['Results on texts', '/results-texts'],
          ['Results on images', '/results-images'],
          ['Results with few labels', '/results-few'],
          ['Compare with', '/compare-with'],
          ['Speed', '/speed'],
          ['Reliability', '/reliability'],
          ['Security', '/SECURITY'],
          ['Dependencies', '/dependencies'],
        ].map(item),
      },
      { text: 'API', items: [['Names', '/api/README']].map(item) },
      {
        text: 'Project',
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
