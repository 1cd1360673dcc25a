// The names of the activations of hidden layers, in a file without dependencies: the command line lists them without loading kernels.

/** `gelu` is the tanh form of Hendrycks and Gimpel (2016): PyTorch's nn.GELU(approximate='tanh'). */
export type Activation = 'relu' | 'tanh' | 'gelu';
/** By their numbers in the kernel. */
export const ACTIVATIONS: readonly Activation[] = ['relu', 'tanh', 'gelu'];
