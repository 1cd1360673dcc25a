// The standard normal distribution.

/** Its 97.5 % quantile: 95 % intervals have this many standard errors on each side. */
export const Z = 1.959963984540054;
