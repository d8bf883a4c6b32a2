import { endServer } from './redis-global-setup';

export default endServer;
