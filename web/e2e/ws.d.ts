declare module 'ws' {
  export class WebSocket {
    constructor(address: string, protocols?: string[]);
  }
}
