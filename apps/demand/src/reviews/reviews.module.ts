import { Feature } from '@tandem/service-kit';
import { reviews } from './review.entity.js';
import { ReviewsGrpc } from './reviews.grpc.js';
import { ReviewsService } from './reviews.service.js';

@Feature({ aggregates: [reviews], controllers: [ReviewsGrpc], providers: [ReviewsService] })
export class ReviewsModule {}
