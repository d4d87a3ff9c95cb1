// The internal token: how the gateway tells a service who calls. EdDSA, one audience, 60 seconds.
import type { OrgKind, Principal, Role } from '@tandem/contracts';
import { orgKinds, roles } from '@tandem/contracts';
import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose';

const ISSUER = 'tandem-gateway';
const LIFETIME_S = 60;

export interface Caller {
  readonly principal: Principal;
  readonly requestId: string;
}

export interface TokenSigner {
  /** For one service, for 60 seconds. */
  sign(caller: Caller, audience: string): Promise<string>;
}
export interface TokenVerifier {
  /** Null for anything but a living token of the gateway for this audience. */
  verify(token: string, audience: string): Promise<Caller | null>;
}

export interface KeyPairJwk {
  readonly privateKey: JWK;
  readonly publicKey: JWK;
}

export async function newKeyPair(): Promise<KeyPairJwk> {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  return { privateKey: await exportJWK(pair.privateKey), publicKey: await exportJWK(pair.publicKey) };
}

export async function tokenSigner(privateKey: JWK): Promise<TokenSigner> {
  const key = (await importJWK(privateKey, 'EdDSA')) as CryptoKey;
  return {
    sign: ({ principal, requestId }, audience) => {
      const { account, org, role, orgKind, onBehalfOf, kind } = principal;
      return new SignJWT({ org, role, ok: orgKind, kind, rid: requestId, ...(onBehalfOf && { obo: onBehalfOf }) })
        .setProtectedHeader({ alg: 'EdDSA' })
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setSubject(account)
        .setIssuedAt()
        .setExpirationTime(`${LIFETIME_S}s`)
        .sign(key);
    },
  };
}

export async function tokenVerifier(publicKey: JWK): Promise<TokenVerifier> {
  const key = (await importJWK(publicKey, 'EdDSA')) as CryptoKey;
  return {
    verify: async (token, audience) => {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['EdDSA'], issuer: ISSUER, audience, requiredClaims: ['exp', 'sub', 'org', 'role', 'rid'], clockTolerance: 5 });
        return callerOf(payload);
      } catch {
        return null;
      }
    },
  };
}

function callerOf(payload: Record<string, unknown>): Caller | null {
  const { sub, org, role, ok, kind, rid, obo } = payload;
  const known = typeof role === 'string' && (role === 'service' || role in roles) && orgKinds.includes(ok as OrgKind);
  if (!known || typeof sub !== 'string' || typeof org !== 'string' || typeof rid !== 'string') return null;
  const principal: Principal = {
    account: sub,
    org,
    role: role as Role | 'service',
    orgKind: ok as OrgKind,
    kind: kind === 'service' ? 'service' : 'person',
    ...(isBehalf(obo) && { onBehalfOf: { org: obo.org, delegation: obo.delegation } }),
  };
  return { principal, requestId: rid };
}

function isBehalf(value: unknown): value is { org: string; delegation: string } {
  const it = value as { org?: unknown; delegation?: unknown } | undefined;
  return typeof it?.org === 'string' && typeof it.delegation === 'string';
}
