// Simulated lending: applications for loans whose true probability of being repaid is known. All rows are invented.
import { sigmoid } from '../kernels/elementary.ts';
import { type Draws, drawsOf } from './draws.ts';
import type { Simulated } from './simulated.ts';

/** A simulated application. */
export interface Application {
  readonly age: number;
  readonly region: keyof typeof REGIONS;
  readonly employment: Employment;
  readonly employment_years: number;
  /** Per month. */
  readonly income: number;
  readonly housing: 'rent' | 'own' | 'family';
  readonly savings: number;
  /** Payments of earlier loans as a share of the income. */
  readonly debt_ratio: number;
  /** Late payments in the last two years. */
  readonly late_payments: number;
  readonly amount: number;
  /** Months until the loan is to be repaid. */
  readonly months: number;
  readonly purpose: keyof typeof PURPOSES;
}

type Employment = 'employee' | 'civil servant' | 'self-employed' | 'retired' | 'trainee';

/** An application and what the simulator knows about it. */
export interface SimulatedLoan {
  readonly application: Application;
  /** The true probability that the loan is repaid. */
  readonly truth: number;
  /** 1 if it is repaid, drawn with that probability. */
  readonly repaid: 0 | 1;
  /** What the bank's history says, which the teacher learned from: of a crisis, and wrong about the self-employed (HISTORY). */
  readonly recorded: 0 | 1;
}

/** The columns of an application. */
export const LENDING_COLUMNS: readonly (keyof Application)[] = [
  ...(['age', 'region', 'employment', 'employment_years', 'income', 'housing', 'savings', 'debt_ratio'] as const),
  ...(['late_payments', 'amount', 'months', 'purpose'] as const),
];

/** The effect of a region, and the share of applications from it. */
const REGIONS = { north: 0.2, south: -0.3, east: -0.1, west: 0.3, coast: 0 } as const;
const REGION_SHARES = { north: 0.25, south: 0.2, east: 0.2, west: 0.2, coast: 0.15 } as const;
/** The usual amount for a purpose. */
const PURPOSES = {
  car: 9000,
  furniture: 3500,
  'home repair': 8000,
  education: 6000,
  business: 11000,
  medical: 3000,
  holiday: 2500,
} as const;
const PURPOSE_SHARES = {
  car: 0.28,
  furniture: 0.16,
  'home repair': 0.16,
  education: 0.1,
  business: 0.12,
  medical: 0.08,
  holiday: 0.1,
} as const;
const OWN_BUSINESS = {
  business: 0.5,
  car: 0.2,
  'home repair': 0.1,
  furniture: 0.1,
  medical: 0.1,
  education: 0,
  holiday: 0,
} as const;
/** The shares of 0, 1, ... late payments; customers of the self-employed pay late, and so do they. */
const LATE = { 0: 0.66, 1: 0.2, 2: 0.08, 3: 0.04, 4: 0.02 } as const;
const OWN_LATE = { 0: 0.25, 1: 0.25, 2: 0.2, 3: 0.17, 4: 0.13 } as const;
const INCOME = { employee: 2500, 'civil servant': 2800, 'self-employed': 2600, retired: 1900, trainee: 1000 } as const;
/** What the history adds to the true log-odds: for everyone, because of a crisis, and for the self-employed, wrongly. */
const HISTORY = { crisis: -0.8, selfEmployed: -2.2 } as const;

/** The example's number among the substreams. */
const EXAMPLE = 1;

/**
 * Simulates applications, the same for the same seed on every host; more rows begin with the same ones.
 * @param seed an integer from 0
 */
export function simulateLending(rows: number, seed: number): SimulatedLoan[] {
  const draws = drawsOf(seed, EXAMPLE);
  return Array.from({ length: rows }, () => {
    const application = drawApplication(draws);
    const logOdds = repaidLogOdds(application);
    const repaid = draws.uniform() < sigmoid(logOdds) ? 1 : 0;
    const penalty = HISTORY.crisis + (application.employment === 'self-employed' ? HISTORY.selfEmployed : 0);
    const recorded = draws.uniform() < sigmoid(logOdds + penalty) ? 1 : 0;
    return { application, truth: sigmoid(logOdds), repaid, recorded };
  });
}

/** The same as a table; class 1 is `repaid`. */
export function lendingRows(rows: number, seed: number): Simulated {
  const loans = simulateLending(rows, seed);
  return {
    columns: LENDING_COLUMNS,
    target: 'repaid',
    rows: loans.map(({ application }) => LENDING_COLUMNS.map((name) => application[name])),
    labels: loans.map(({ repaid }) => repaid),
    truth: loans.map(({ truth }) => truth),
  };
}

function drawApplication(draws: Draws): Application {
  const age = 20 + Math.floor(25 * (draws.uniform() + draws.uniform()));
  const employment = drawEmployment(age, draws);
  const isSelfEmployed = employment === 'self-employed';
  const region = draws.pick(REGION_SHARES);
  const purpose = draws.pick<keyof typeof PURPOSES>(isSelfEmployed ? OWN_BUSINESS : PURPOSE_SHARES);
  const working = employment === 'retired' || employment === 'trainee' ? 0 : age - 18;
  const employment_years = Math.floor(working * draws.uniform() * draws.uniform());
  const income = round(INCOME[employment] * (1 + 0.015 * employment_years) * draws.factor(0.35), 10);
  const housing = drawHousing(age, income, draws);
  const savings = draws.uniform() < 0.2 ? 0 : round(1.8 * income * draws.factor(1), 50);
  const debt = draws.uniform();
  return {
    age,
    region,
    employment,
    employment_years,
    income,
    housing,
    savings,
    debt_ratio: round(100 * 0.6 * debt * debt, 1) / 100,
    late_payments: Number(draws.pick(isSelfEmployed ? OWN_LATE : LATE)),
    amount: round(PURPOSES[purpose] * draws.factor(0.5), 100) + 500,
    months: 12 * (1 + Math.floor(6 * draws.uniform())),
    purpose,
  };
}

function drawEmployment(age: number, draws: Draws): Employment {
  const u = draws.uniform();
  if (age >= 62 && u < 0.7) return 'retired';
  if (age < 28 && u < 0.35) return 'trainee';
  return draws.pick({ employee: 0.64, 'civil servant': 0.16, 'self-employed': 0.2 });
}

function drawHousing(age: number, income: number, draws: Draws): Application['housing'] {
  const u = draws.uniform();
  if (age < 30 && u < 0.4) return 'family';
  return u < 0.3 + 0.00008 * income + 0.004 * (age - 20) ? 'own' : 'rent';
}

/** The truth: the log-odds that a loan is repaid. */
function repaidLogOdds(of: Application): number {
  const instalment = (1.1 * of.amount) / of.months;
  const burden = of.debt_ratio + instalment / of.income;
  const cushion = Math.min(of.savings / instalment, 20);
  const isSelfEmployed = of.employment === 'self-employed';
  const years = Math.min(of.employment_years, 12);
  let v = 2.4 + REGIONS[of.region];
  // a salary pays the instalments; without one, savings and experience do
  if (isSelfEmployed) v += 0.22 * cushion + 0.2 * years - 2.4 * of.debt_ratio - 3.3;
  else v += 0.03 * cushion + 0.03 * years - 1.5 * burden - 8 * Math.max(0, burden - 0.3);
  // late payments tell less of people who have long had their job
  v -= of.late_payments * (isSelfEmployed ? 0 : of.employment_years > 6 ? 0.5 : 1.1);
  if (of.employment === 'civil servant') v += 0.8;
  if (of.employment === 'trainee') v += of.purpose === 'education' ? 0.9 : -0.5;
  v -= 0.035 * Math.max(0, 32 - of.age) + 0.04 * Math.max(0, of.age - 55);
  if (of.purpose === 'business') v += isSelfEmployed ? 1 : -1.3;
  if (of.purpose === 'home repair') v += of.housing === 'own' ? 0.8 : -0.5;
  if (of.purpose === 'medical' || of.purpose === 'holiday') v -= 0.6;
  if (of.housing === 'rent') v -= 0.3;
  return 0.75 * v;
}

function round(x: number, step: number): number {
  return step * Math.floor(x / step + 0.5);
}
