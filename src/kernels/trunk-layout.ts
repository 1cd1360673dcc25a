// The shape of a convolutional trunk, and the layout of its parameters, which come before those of the other layers.
import { type Hidden, type LayerLayout, type Layout, layout } from './layout.ts';

/** How the stages of a trunk are built. */
export type Blocks = 'plain' | 'separable' | 'residual';
export const BLOCKS: readonly Blocks[] = ['plain', 'separable', 'residual'];

/** The convolutional stages of a student of images. */
export interface Convolutions {
  /** Channels of each stage; each stage halves the height and the width. */
  readonly channels: readonly number[];
  /** Width and height of the windows: 3 (default) or 5. */
  readonly kernel?: 3 | 5 | undefined;
  /**
   * `plain` (default): a convolution per stage. `separable`: after the first stage, a convolution of each channel by itself, then one
   * of single pixels (Howard et al. 2017). `residual`: a second convolution per stage, which adds its input to its output (He et al.
   * 2016).
   */
  readonly blocks?: Blocks | undefined;
}

/** Images as a network takes them. */
export interface ImageShape {
  readonly size: readonly [height: number, width: number];
  readonly channels: 1 | 3;
  /** Index of the first encoded column of their pixels. */
  readonly offset: number;
}

/** What a network takes: encoded columns, and the image among them. */
export interface NetworkInputs {
  /** Number of encoded columns. */
  readonly width: number;
  readonly image?: ImageShape | undefined;
}

/** One convolution: ReLU of (the sums over windows + bias), to which a residual one adds its input before ReLU. */
export interface StageLayout {
  /** Whether each channel is convolved by itself. */
  readonly depthwise: boolean;
  readonly kernel: 1 | 3 | 5;
  /** Pixels from a window to the next. */
  readonly step: 1 | 2;
  readonly residual: boolean;
  /** Channels of the input and of the output. */
  readonly inputs: number;
  readonly outputs: number;
  /** Pixels of the input and of the output. */
  readonly height: number;
  readonly width: number;
  readonly outHeight: number;
  readonly outWidth: number;
  /** Index of the weights [kernel x kernel x inputs x outputs], depthwise [kernel x kernel x outputs]; then `outputs` biases. */
  readonly weight: number;
  readonly bias: number;
}

type StageForm = Pick<StageLayout, 'depthwise' | 'kernel' | 'step' | 'residual' | 'outputs'>;

/** The convolutions of a trunk, in order. */
function stageForms({ channels, kernel = 3, blocks = 'plain' }: Convolutions): StageForm[] {
  return channels.flatMap((outputs, i): StageForm[] => {
    const whole: StageForm = { depthwise: false, kernel, step: 2, residual: false, outputs };
    if (blocks === 'residual') return [whole, { ...whole, step: 1, residual: true }];
    if (blocks === 'plain' || i === 0) return [whole];
    const before = channels[i - 1] as number;
    return [
      { ...whole, depthwise: true, outputs: before },
      { ...whole, kernel: 1, step: 1 },
    ];
  });
}

/** The layout of a trunk. */
export function stagesOf(
  shape: Convolutions,
  { size, channels }: Pick<ImageShape, 'size' | 'channels'>,
): StageLayout[] {
  let [height, width] = size;
  let inputs: number = channels;
  let at = 0;
  return stageForms(shape).map((form) => {
    const { kernel, outputs, step, depthwise } = form;
    const weights = kernel * kernel * (depthwise ? 1 : inputs) * outputs;
    const outHeight = Math.ceil(height / step);
    const outWidth = Math.ceil(width / step);
    const stage = { ...form, inputs, height, width, outHeight, outWidth, weight: at, bias: at + weights };
    at += weights + outputs;
    inputs = outputs;
    height = outHeight;
    width = outWidth;
    return stage;
  });
}

/** The layout of a network: its stages, if it has a trunk, and its other layers, which take the trunk's outputs, then the other columns. */
export interface NetworkLayout extends Layout {
  readonly stages: readonly StageLayout[];
  /** Number of features that the first of the other layers takes. */
  readonly features: number;
}

/** All weights of a network as products: convolutions as products with the values of a window, then the other layers. */
export function productsOf({ stages, layers }: NetworkLayout): LayerLayout[] {
  const windows = stages.map(({ kernel, depthwise, inputs, outputs, weight, bias }) => ({
    inputs: kernel * kernel * (depthwise ? 1 : inputs),
    outputs,
    weight,
    bias,
  }));
  return [...windows, ...layers];
}

/** The layout of any network. @param shape `conv` needs an image among the inputs */
export function networkLayout(
  { width, image }: NetworkInputs,
  shape: Hidden & { readonly conv?: Convolutions | undefined },
): NetworkLayout {
  const { conv } = shape;
  if (!conv || !image) return { ...layout(width, shape), stages: [], features: width };
  const stages = stagesOf(conv, image);
  const last = stages.at(-1) as StageLayout;
  const before = last.bias + last.outputs;
  const features = last.outputs + width - image.size[0] * image.size[1] * image.channels;
  const { layers, size, ...rest } = layout(features, shape);
  return {
    ...rest,
    stages,
    features,
    layers: layers.map((layer) => ({ ...layer, weight: before + layer.weight, bias: before + layer.bias })),
    size: before + size,
  };
}
