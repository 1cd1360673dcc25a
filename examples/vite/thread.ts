// The library's worker, under a name that the bundler sees.
import 'debkd/worker-thread';
