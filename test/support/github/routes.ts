/** All routes that stand in front of `emulate`, the more exact ones first. */
import { appRoutes } from './apps.ts';
import { checkRoutes } from './checks.ts';
import { commentRoutes } from './comments.ts';
import { graphqlRoutes } from './graphql.ts';
import { issueRoutes } from './issues.ts';
import { memberRoutes } from './members.ts';
import { pullRoutes } from './pulls.ts';
import { repositoryRoutes } from './repositories.ts';
import { reviewRoutes } from './reviews.ts';
import type { Route } from './routing.ts';
import { ruleRoutes } from './rules.ts';
import { statusRoutes } from './statuses.ts';

export const routes: Route[] = [
  ...appRoutes,
  ...checkRoutes,
  ...statusRoutes,
  ...ruleRoutes,
  ...reviewRoutes,
  ...pullRoutes,
  ...commentRoutes,
  ...issueRoutes,
  ...memberRoutes,
  ...graphqlRoutes,
  ...repositoryRoutes,
];
