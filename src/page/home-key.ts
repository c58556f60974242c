/** Where the answer of GET /api/home is cached. */
export const HOME_KEY = ['home'] as const;
