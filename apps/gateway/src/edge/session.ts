// From a local token to a principal. Tokens are signed with a key in TANDEM_HOME and accepted by the embedded profile only.
import { isUuid, OPERATOR_ORG, roles, type Principal, type Role } from '@tandem/contracts';
import { refusalOf } from '@tandem/service-kit';
import { importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose';
import { GraphQLError } from 'graphql';
import type { Services } from './services.js';

const ISSUER = 'tandem-local';
const AUDIENCE = 'tandem-gateway';
const SESSION_MS = 10_000;

/** 12 hours, for one role in one organisation; `account` for one person in it, such as a student. */
export async function localToken(privateKey: JWK, role: Role, orgCode: string, account?: string): Promise<string> {
  return new SignJWT({ role, org: orgCode, ...(account && { account }) })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('12h')
    .sign((await importJWK(privateKey, 'EdDSA')) as CryptoKey);
}

interface Claims {
  readonly role: Role;
  readonly org: string;
  readonly account?: string;
}

export class Sessions {
  private readonly tokens = new Map<string, { readonly until: number; readonly claims: Claims }>();
  private readonly cache = new Map<string, { readonly until: number; readonly principal: Promise<Principal> }>();

  constructor(
    private readonly publicKey: CryptoKey,
    private readonly services: Services,
  ) {}

  /** Null without a living token; an error that names the refusal when the organisation may not act. */
  async principal(authorization: string | undefined, requestId: string, traceparent: string): Promise<Principal | null> {
    const claims = await this.verified(authorization);
    if (!claims) return null;
    const key = `${claims.role} ${claims.org} ${claims.account ?? ''}`;
    const known = this.cache.get(key);
    if (known && known.until > Date.now()) return known.principal;
    const principal = this.resolve(claims, requestId, traceparent);
    if (this.cache.size > 10_000) this.cache.clear();
    this.cache.set(key, { until: Date.now() + SESSION_MS, principal });
    principal.catch(() => this.cache.delete(key));
    return principal;
  }

  /** Whether the token is good; asked before a large body is read, and again for the request. A good one is checked once in 10 seconds, and never after its end. */
  async verified(authorization: string | undefined): Promise<Claims | null> {
    const token = authorization?.replace(/^Bearer /, '');
    if (!token) return null;
    const known = this.tokens.get(token);
    if (known && known.until > Date.now()) return known.claims;
    const read = await this.read(token);
    if (!read) return null;
    if (this.tokens.size > 10_000) this.tokens.clear();
    this.tokens.set(token, { until: Math.min(Date.now() + SESSION_MS, read.endsAt), claims: read.claims });
    return read.claims;
  }

  private async read(token: string): Promise<{ claims: Claims; endsAt: number } | null> {
    try {
      const { payload } = await jwtVerify(token, this.publicKey, { algorithms: ['EdDSA'], issuer: ISSUER, audience: AUDIENCE, requiredClaims: ['exp'] });
      const { role, org, account, exp = 0 } = payload;
      if (typeof role !== 'string' || !(role in roles) || typeof org !== 'string') return null;
      return { claims: { role: role as Role, org, ...(typeof account === 'string' && isUuid(account) && { account }) }, endsAt: exp * 1_000 };
    } catch {
      return null;
    }
  }

  private async resolve({ role, org: code, account: person }: Claims, requestId: string, traceparent: string): Promise<Principal> {
    // Who the gateway itself is when it asks whom a token speaks for.
    const gateway: Principal = { account: '00000000-0000-8000-8000-676174657761', org: OPERATOR_ORG, role: 'service', orgKind: 'operator', kind: 'service' };
    try {
      const { org, account } = await this.services.organisations.resolveCaller({ principal: gateway, requestId, traceparent }, { code, role });
      return { account: person ?? account, org, role, orgKind: roles[role], kind: 'person' };
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      throw new GraphQLError('unauthenticated', { extensions: { code: 'UNAUTHENTICATED', reason: refusal.code, http: { status: 401 } } });
    }
  }
}
