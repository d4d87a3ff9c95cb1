/** The operator of the deployment; there is one, made at the first start. */
export const OPERATOR_ORG = '00000000-0000-8000-8000-000000000001';
