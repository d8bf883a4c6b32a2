import { endServer } from './global-setup';

export default endServer;
