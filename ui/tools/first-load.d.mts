/** The paths, from ui/, of the scripts that a browser loads before it shows anything. */
export declare const firstLoad: string[]
