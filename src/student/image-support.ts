// The code of images, which debkd/edge loads only for students that have them.
export { singleImage } from '../kernels/image-row.ts';
export { planImages } from './plan-images.ts';
