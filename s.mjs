const ns = globalThis.__stryker__ ||= {};
ns.activeMutant = '999999';
