// The library's worker, as a file that the bundler sees.
import 'debkd/worker-thread';
