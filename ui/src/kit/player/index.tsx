/** The bar at the bottom of a page that plays one sound at a time. */
import { Box, Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";

const Player = lazy(() => import("./Player"));

export interface Playing {
  src: string;
  name: string;
  stereo?: boolean;
}

export function PlayerBar({ playing, onClose }: { playing: Playing | null; onClose: () => void }) {
  if (!playing) return null;
  return (
    <Box mt="md">
      <Suspense fallback={<Skeleton height={88} />}>
        <Player key={playing.src} {...playing} onClose={onClose} />
      </Suspense>
    </Box>
  );
}
