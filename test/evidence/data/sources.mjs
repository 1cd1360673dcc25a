// The six data sets of tables: where each comes from, its licence, and SHA-256 of the files of the origin and of the prepared tables.
// `sha256` of a file is that of the original at the UCI repository. A url with `alike` has the same rows in other bytes (line ends, separators),
// so only the prepared table is compared. `unzip` names the members of nested archives that lead to the file.
import { adult, bank, creditDefault, german, spambase } from './prepare.mjs';

const UCI = 'https://archive.ics.uci.edu';
const FILES = `${UCI}/ml/machine-learning-databases`;
const ZIPS = `${UCI}/static/public`;
const GITHUB = 'https://raw.githubusercontent.com';
const BROWNLEE = `${GITHUB}/jbrownlee/Datasets/d20fcb6402ae`;
const LICENCE = 'CC BY 4.0';

export const DATA_SETS = [
  {
    name: 'adult',
    title: 'Adult / Census Income',
    credit: 'B. Becker, R. Kohavi, 1996, doi:10.24432/C5XW20',
    licence: LICENCE,
    page: `${UCI}/dataset/2`,
    files: [
      {
        name: 'adult.data',
        bytes: 3974305,
        sha256: '5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d',
        urls: [
          { url: `${FILES}/adult/adult.data` },
          { url: `${ZIPS}/2/adult.zip`, unzip: ['adult.data'] },
          { url: `${BROWNLEE}/adult-train.csv` },
        ],
      },
      {
        name: 'adult.test',
        bytes: 2003153,
        sha256: 'a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05',
        urls: [
          { url: `${FILES}/adult/adult.test` },
          { url: `${ZIPS}/2/adult.zip`, unzip: ['adult.test'] },
          { url: `${BROWNLEE}/adult-test.csv` },
        ],
      },
    ],
    prepare: adult,
    sha256: '2b973000d184ad0c8f8ff18a927faa5b416fb7fd8fe3a3b540cc5d3cfcf59e83',
  },
  {
    name: 'bank',
    title: 'Bank Marketing (bank-full)',
    credit: 'S. Moro, P. Rita, P. Cortez, 2014, doi:10.24432/C5K306',
    licence: LICENCE,
    page: `${UCI}/dataset/222`,
    files: [
      {
        name: 'bank-full.csv',
        bytes: 4610348,
        sha256: 'd1513ec63b385506f7cfce9f2c5caa9fe99e7ba4e8c3fa264b3aaf0f849ed32d',
        urls: [
          { url: `${ZIPS}/222/bank+marketing.zip`, unzip: ['bank.zip', 'bank-full.csv'] },
          { url: `${FILES}/00222/bank.zip`, unzip: ['bank-full.csv'] },
          { url: `${GITHUB}/udayabhaskar1/bank-marketing-analysis/ce0ef997b542/bank-full.csv`, alike: true },
        ],
      },
    ],
    prepare: bank,
    sha256: '3f4daac9ae9865982b763107f72b15c8970dd6f15ad1f2109dfc58c7860768b0',
  },
  {
    name: 'default',
    title: 'Default of Credit Card Clients (Taiwan)',
    credit: 'I-C. Yeh, 2009, doi:10.24432/C55S3H',
    licence: LICENCE,
    page: `${UCI}/dataset/350`,
    files: [
      {
        name: 'default.csv',
        urls: [
          { url: `${ZIPS}/350/data.csv` },
          { url: `${GITHUB}/nbgraham/SL-Loan-Default/444f8d197ee9/UCI_Credit_Card.csv` },
        ],
      },
    ],
    prepare: creditDefault,
    sha256: 'b841ca158f0b5638f8ffca061d845802d2de8e249b788a6e8b03bf4ac30ec9df',
  },
  {
    name: 'german',
    title: 'German Credit (Statlog)',
    credit: 'H. Hofmann, 1994, doi:10.24432/C5NC77',
    licence: LICENCE,
    page: `${UCI}/dataset/144`,
    files: [
      {
        name: 'german.data',
        bytes: 79793,
        sha256: 'b21f3d81db8071257d5ff1deaeba1fd4303b62712e6fcc9715c7a86202cb5871',
        urls: [
          { url: `${FILES}/statlog/german/german.data` },
          { url: `${ZIPS}/144/statlog+german+credit+data.zip`, unzip: ['german.data'] },
          { url: `${BROWNLEE}/german.csv`, alike: true },
        ],
      },
    ],
    prepare: german,
    sha256: '0320859128428dd1bee774a65e8bcd0245a49984d7f002d323cf9e2e39d5a582',
  },
  {
    name: 'spambase',
    title: 'Spambase',
    credit: 'M. Hopkins, E. Reeber, G. Forman, J. Suermondt, 1999, doi:10.24432/C53G6X',
    licence: LICENCE,
    page: `${UCI}/dataset/94`,
    files: [
      {
        name: 'spambase.data',
        bytes: 702942,
        sha256: 'b1ef93de71f97714d3d7d4f58fc9f718da7bbc8ac8a150eff2778616a8097b12',
        urls: [
          { url: `${FILES}/spambase/spambase.data` },
          { url: `${ZIPS}/94/spambase.zip`, unzip: ['spambase.data'] },
          { url: `${GITHUB}/benji1123/ML_Classification_Ensemble/6c66379f010a/spambase.data`, alike: true },
        ],
      },
    ],
    prepare: spambase,
    sha256: 'ee5280288d7758ba910a25336379de3d5c935f18a38dc8de1a998447d9a64301',
  },
  {
    name: 'wdbc',
    title: 'Breast Cancer Wisconsin (Diagnostic)',
    credit: 'W. Wolberg, O. Mangasarian, N. Street, W. Street, 1995, doi:10.24432/C5DW2B',
    licence: LICENCE,
    page: `${UCI}/dataset/17`,
    /** The repository has this table: nothing is fetched. */
    local: 'models/wdbc/data.csv',
    files: [],
    sha256: 'ecf296101214fd4879a4b575347223d56ce0203d01982169263bcac1aae15d6b',
  },
];
