// The options about images that several commands share; image-options.ts reads them.
import type { OptionSpecs } from './option-spec.ts';

/** Where images come from. */
export const rowImages: OptionSpecs = {
  image: {
    value: 'COLUMN',
    help: 'the column of paths of images (PNG, JPEG), whose pixels a teacher or a student of images reads',
    default: 'the only column whose values end in .png, .jpg and the like, or with a name such as image',
  },
  'image-root': {
    value: 'DIR',
    path: 'input',
    help: 'the folder that the paths of images are relative to, or a ZIP or tar archive of it',
    default: "the folder of the data's file",
  },
};

/** How a teacher reads images. */
export const teacherImages: OptionSpecs = {
  'image-config': {
    value: 'FILE',
    path: 'input',
    help: 'preprocessor_config.json of a teacher of images: size, centre, mean and standard deviation',
    default: "the one in the teacher's folder",
  },
  'image-size': {
    value: 'HEIGHTxWIDTH',
    help: 'the size that images are resized to for a teacher of images; N for both sides',
    default: "as --image-config, otherwise the model's size",
  },
  'image-mean': {
    value: 'r,g,b',
    list: true,
    help: 'what a teacher of images subtracts from the values of each channel; one number for all',
    default: 'as --image-config, otherwise labelled rows choose among the common ones',
  },
  'image-std': {
    value: 'r,g,b',
    list: true,
    help: 'what a teacher of images divides the values of each channel by',
    default: 'as --image-mean',
  },
  'image-scale': {
    value: 'RANGE',
    help: 'the range that bytes become before mean and deviation: 0..1, -1..1, or 0..255 as they are',
    default: 'as --image-config, otherwise 0..1',
    choices: ['0..1', '-1..1', '0..255'],
  },
  'image-order': {
    value: 'ORDER',
    help: 'the order in which the channels enter: rgb, bgr, or grey for one channel',
    default: 'rgb',
    choices: ['rgb', 'bgr', 'grey'],
  },
  'image-layout': {
    value: 'LAYOUT',
    help: "channels-first or channels-last, where the shape of the teacher's input leaves it open",
    default: "by the input's shape",
    choices: ['channels-first', 'channels-last'],
  },
};

/** How a student takes images. */
export const studentImages: OptionSpecs = {
  pixels: { value: 'N', help: "size of the student's images: N or HxW, from 8 to 96", default: '32' },
  colour: {
    value: 'NAME',
    help: "colour of the student's images: grey or rgb",
    default: 'rgb if an image has colour',
    choices: ['grey', 'rgb'],
  },
  augment: {
    value: 'a,b',
    list: true,
    help: 'random changes of training images: mirror, flip, turn, shift, brightness; or none',
    default: 'mirror,shift',
  },
};
