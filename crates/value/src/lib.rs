//! Python data as a graph with identity, sharing and cycles, and as a tree.
