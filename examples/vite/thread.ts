// The library's worker thread, in a file of this project, where the bundler finds it.
import 'debkd/worker-thread';
