// plan/online/losses.h — what other people's policies mind when a window of a GPU is taken.
//
// Each looks at one GPU and nothing else, so each is a Loss. Where a policy names no start of its
// own it takes the lowest. Ties, when a loss leaves any, are the ranking's: the fuller GPU.
#pragma once

#include <vector>

#include "plan/online/ranking.h"

namespace septet::plan::online {

// Share of each class of the shape among requests, from the shares of request classes.
std::vector<double> class_shares(const Pool& pool, const std::vector<double>& request_share);

double best_fit_loss(const Shape& shape, Shape::Layout layout, unsigned window);
double worst_fit_loss(const Shape& shape, Shape::Layout layout, unsigned window);
double best_index_loss(const Shape& shape, Shape::Layout layout, unsigned window);
double dot_product_loss(const Shape& shape, Shape::Layout layout, unsigned window);
double clustering_loss(const Shape& shape, Shape::Layout layout, unsigned window);
double mfi_loss(const Shape& shape, Shape::Layout layout, unsigned window);
// `share` of each class of the shape.
double fgd_loss(const Shape& shape, Shape::Layout layout, unsigned window,
                const std::vector<double>& share);
// Ting's: what the start costs inside one GPU, in still-creatable instances.
double start_index_loss(const Shape& shape, Shape::Layout layout, unsigned window);

// Fragmentation of one layout, as FGD (expected units that cannot serve a typical request) and as
// MFI (units behind windows that are blocked although their units would suffice) see it.
double fgd_fragmentation(const Shape& shape, Shape::Layout layout,
                         const std::vector<double>& share);
double mfi_fragmentation(const Shape& shape, Shape::Layout layout);

}  // namespace septet::plan::online
